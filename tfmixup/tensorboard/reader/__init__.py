"""From TensorBoard's data provider to bytes for the front end."""
