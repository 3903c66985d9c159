"""From ranked passages to the pieces of an answer: quoted, or written by a chat model."""
