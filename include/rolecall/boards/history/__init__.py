"""What boards answered earlier: read again, and compared with what they say today."""
