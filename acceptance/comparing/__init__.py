"""What several runs say together: what changes from one RAGFlow to another, and what holds in which release."""
