"""Single sign-on by OpenID Connect: out to the provider, back with its answer, what is believed of it."""
