import numpy as np
import pytest
from scipy import integrate
from scipy import stats

from tests.diagrams.checks import check_picture
from tfmixup import diagrams
from tfmixup import keys
from tfmixup.mixing import draw_coefficients

LOG_2 = np.log(2)


def binary_entropy(x):
    """As a loop, to be compared with the definition by eye."""
    return sum(-p * np.log(p) for p in (x, 1 - x) if p > 0)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("entropy", [0.1, 0.4, 0.69])
def test_the_closed_form_is_the_integral_of_the_beta_density(alpha, entropy):
    # Numerically, without the inverse of the entropy: the probability of all
    # coefficients whose entropy is at most this.
    grid = np.linspace(0, 0.5, 20001)
    inside = [binary_entropy(x) <= entropy for x in grid]
    last = grid[np.flatnonzero(inside)[-1]]
    density = stats.beta(alpha, alpha).pdf
    expected, _ = integrate.quad(density, 0, last, limit=200)
    found = diagrams.label_entropy_cdf(entropy, alpha)
    # The end of the integral is off by up to one step of the grid.
    tolerance = 2 * density(last) * grid[1] + 1e-6
    assert found == pytest.approx(2 * expected, abs=tolerance)


@pytest.mark.parametrize("alpha", [0.1, 0.4, 1.0, 2.0])
def test_mixed_labels_follow_the_closed_form(alpha):
    size = 20000
    coefficient = draw_coefficients(alpha, size, keys.seed_key(5)).numpy()
    coefficient = coefficient.astype(np.float64)
    labels = np.stack([coefficient, 1 - coefficient], axis=1)
    entropy = np.sort(diagrams.label_entropy(labels))
    # float32 keeps no coefficient closer to 1 than 6e-8, whose entropy is
    # 1e-6: compare from there up, where the distributions must agree.
    seen = np.linspace(1e-5, LOG_2, 300)
    drawn = np.searchsorted(entropy, seen, side="right") / size
    expected = diagrams.label_entropy_cdf(seen, alpha)
    # Dvoretzky, Kiefer, Wolfowitz: P(sup > e) <= 2 exp(-2 n e^2) = 1e-6.
    bound = np.sqrt(np.log(2 / 1e-6) / (2 * size))
    assert np.abs(drawn - expected).max() < bound
    # And would not, of another alpha.
    other = diagrams.label_entropy_cdf(seen, 1.5 * alpha)
    assert np.abs(drawn - other).max() > bound


def test_the_distribution_starts_at_0_and_ends_at_log_2():
    found = diagrams.label_entropy_cdf([-0.1, 0.0, LOG_2, 1.0], 0.5)
    np.testing.assert_array_equal(found, [0, 0, 1, 1])


def test_alpha_1_has_twice_the_coefficient():
    # Beta(1, 1) is uniform: P(H <= h) = 2 l(h).
    for x in (0.01, 0.2, 0.49):
        found = diagrams.label_entropy_cdf(binary_entropy(x), 1.0)
        assert found == pytest.approx(2 * x, rel=1e-9)


def test_without_mixup_all_entropies_are_0():
    found = diagrams.label_entropy_cdf([-1e-9, 0.0, 0.5], 0)
    np.testing.assert_array_equal(found, [0, 1, 1])


def test_partners_of_the_same_class_add_a_point_mass_at_0():
    found = diagrams.label_entropy_cdf([0.0, 0.3], 0.7, same_class=0.1)
    mixed = diagrams.label_entropy_cdf(0.3, 0.7)
    np.testing.assert_allclose(found, [0.1, 0.1 + 0.9 * mixed])


def test_the_entropy_of_labels_is_that_of_their_rows():
    labels = [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [0.2, 0.0, 0.8]]
    expected = [LOG_2, 0, binary_entropy(0.2)]
    np.testing.assert_allclose(diagrams.label_entropy(labels), expected)


def test_lines_are_what_was_drawn_and_points_the_closed_form(tmp_path):
    drawn = {0.0: [0.0, 0.0], 1.0: [0.0, 0.1, 0.6, LOG_2 + 1e-7]}
    figure = diagrams.plot_label_entropy(drawn, 0.1, "10 classes", num_bins=2)
    ax = figure.axes[0]
    steps = [patch.get_data().values for patch in ax.patches]
    np.testing.assert_allclose(steps, [[100, 0], [50, 50]])
    half = diagrams.label_entropy_cdf(LOG_2 / 2, 1.0, 0.1)
    points = [line.get_ydata() for line in ax.lines]
    np.testing.assert_allclose(
        points, [[100, 0], [100 * half, 100 - 100 * half]]
    )
    check_picture(figure, tmp_path)


@pytest.mark.parametrize("alpha, same", [(-1, 0), (np.nan, 0), (1, 2)])
def test_settings_out_of_range_are_refused(alpha, same):
    with pytest.raises(ValueError, match=f"Received: alpha={alpha}, same_c"):
        diagrams.label_entropy_cdf(0.1, alpha, same)


@pytest.mark.parametrize(
    "labels, message",
    [
        ([1, 0], r"\[n, num_classes\]. Received: an array of shape \(2,\)"),
        ([[0.5, 0.5], [1.0, 0.5]], r"Received: \[1.  0.5\] at row 1"),
        ([[1.5, -0.5]], "at row 0"),
        ([[np.nan, 0.5]], "at row 0"),
    ],
)
def test_labels_that_are_no_distributions_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        diagrams.label_entropy(labels)


@pytest.mark.parametrize("entropy", [[], [0.7], [np.nan], [[0.1]]])
def test_entropies_out_of_range_are_refused(entropy):
    with pytest.raises(ValueError, match="Received: for alpha=0.3, an array"):
        diagrams.plot_label_entropy({0.3: entropy})
