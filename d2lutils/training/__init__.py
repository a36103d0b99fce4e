"""The training loop behind `d2l.fit`, its history, and the mistakes that it tells in one line."""
