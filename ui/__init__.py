"""What a person sees: the chat page and the command line."""
