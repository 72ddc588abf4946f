"""What we know about customers: tags, profiles, segments, lifecycle."""
