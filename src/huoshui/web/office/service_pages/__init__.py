"""Pages of services: guides, what is offered where, requests, ratings."""
