"""What a trained model says of data that it was not trained for."""
