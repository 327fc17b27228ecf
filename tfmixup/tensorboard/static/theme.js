// Light or dark, as the page around this frame. TensorBoard tells frames
// nothing, so its body's class is watched; elsewhere the system's setting.

export function followTheme(onchange) {
  const body = bodyAround();
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const dark = body ? body.classList.contains("dark-mode") : system.matches;
    const theme = dark ? "dark" : "light";
    if (document.documentElement.dataset.theme === theme) return;
    document.documentElement.dataset.theme = theme;
    onchange();
  };
  if (body) {
    const filter = { attributes: true, attributeFilter: ["class"] };
    new MutationObserver(apply).observe(body, filter);
  } else {
    system.addEventListener("change", apply);
  }
  apply();
}

function bodyAround() {
  try {
    return window.parent === window ? null : window.parent.document.body;
  } catch {
    return null;
  }
}
