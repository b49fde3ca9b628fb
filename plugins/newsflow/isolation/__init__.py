"""Work beside the caller: calls and sets of workers in child processes with limits, and work ahead in a thread.

- `bounded_call`: one call in a child, for input that may be hostile. The child is a fresh interpreter
  with an empty environment: nothing of the caller's is in reach.
- `workers`: a set of children, forked from the caller and warm. Calls are given out in order and some way ahead;
  a set of one is how work is pinned to a child.

What holds for both:

- **Limits** (`limits`) are CPU seconds and MiB, so that a result doesn't depend on what else the machine does. A
  generous clock stands beside them for a child that stands still.
- **Results** are typed. `Finished` has what the function returned; `Stopped` says that its call timed out, crashed or
  ran out of memory. Used-up CPU seconds, missing memory and an exception are verdicts on the input. Any other end of a
  child (a kill, the clock) says nothing of the input: a new child gets the call once more, and only a second such
  end counts.
- **Dead children are replaced**, and the calls that waited for them are made anew.
- **A child dies with its parent**, kill -9 of the parent included (`child_lifetime`), whichever thread asked for it.
- **A daemonic process may have these children** (a task of a Celery worker is one): see `forked`.
- Children count on Linux: prctl(2), setitimer(2), /proc.
"""
