"""Pages of forms: the register, mapping by clicking, filling, what was filled, repeats and burden."""
