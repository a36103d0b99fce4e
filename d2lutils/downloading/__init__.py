"""What stands behind `d2l.download`, and the folder that it fills; importing it loads nothing."""
