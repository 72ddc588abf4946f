"""One language for "which customers": parse → check → three readings of one meaning."""
