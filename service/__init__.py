"""What decides: reading, criteria, matching, explanation, conversation. No HTTP, no HTML."""
