"""One-stop services 便民服务: what is offered where and when, requests and how far they are, ratings 好差评."""
