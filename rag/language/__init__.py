"""What is known of languages: no step of the pipeline, used by all of them."""
