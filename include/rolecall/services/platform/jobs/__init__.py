"""The platform API's jobs: postings that come in, employers that are followed, and what was found for a person."""
