"""How a text is cut into words: the rules of Kim (2014)."""

import keras
import tensorflow as tf

__all__ = ["kim_standardize"]


@keras.saving.register_keras_serializable(package="tfmixup")
def kim_standardize(texts):
    """Lower-case words with single spaces between them.

    For `keras.layers.TextVectorization(standardize=kim_standardize)`:

    - Whatever is no ASCII letter, digit, parenthesis, comma, exclamation or
      question mark, apostrophe or backquote becomes a space (so "café" is
      "caf", and "well-made" two words).
    - ( ) , ! ? are words of their own.
    - The endings n't 's 've 're 'd 'll are cut off as words: "isn't" is
      "is n't", as in the texts that GloVe was made of.
    - Letters become lower case.

    On MR this gives the published 18,765 words. Two differences from the
    rules' first code, none of which changes a word of MR: lower case comes
    first, so that "ISN'T" is cut too; and it is used for TREC as well, since
    GloVe has no capitals (Kim kept them for word2vec, which has).

    Args:
        texts: string tensor of any shape, UTF-8.

    Returns:
        String tensor of the same shape.

    Example:

    >>> kim_standardize(tf.constant("It's well-made, isn't it?")).numpy()
    b"it 's well made , is n't it ?"

    Reference: Kim, 2014, https://arxiv.org/abs/1408.5882
    """
    texts = tf.strings.lower(texts)
    texts = tf.strings.regex_replace(texts, r"[^a-z0-9(),!?'`]", " ")
    texts = tf.strings.regex_replace(texts, r"(n't|'s|'ve|'re|'d|'ll)", r" \1")
    texts = tf.strings.regex_replace(texts, r"([(),!?])", r" \1 ")
    return tf.strings.strip(tf.strings.regex_replace(texts, r" +", " "))
