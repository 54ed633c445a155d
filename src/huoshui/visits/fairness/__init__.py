"""How fair a round's scoring was, beside the official result and never in its place.

``design`` says who scored what and which judges can be compared at all; ``components`` fits the mixed model and gives
the intraclass correlations; ``order`` takes the differences between judges out and says how sure each rank is;
``items`` finds the items that judges read most differently; ``findings`` brings it together for one round.

Why a mixed model and not a many-facet Rasch model (Linacre 1989): judges' totals are sums of items with different
ways of scoring, measured values and deductions among them, on one scale of points that the villages know; Rasch wants
ordered categories per item and answers in logits. The two agree on what is asked: who is severe, by how much.
"""

import os

# The matrices here are small, and numpy reads this when it is first imported: on a busy machine BLAS threads that wait
# for each other take ten times as long as one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
