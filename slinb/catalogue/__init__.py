"""What is measured, for whom and when: data files and the small types that read them."""
