"""What is different for images and for sentences: a module each."""
