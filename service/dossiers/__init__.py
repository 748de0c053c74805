"""What is kept when a person asks: their dossier, whom it is shared with, the counsellors who help them."""
