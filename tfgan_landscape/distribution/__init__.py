"""Where a training computes, and what makes it repeat bit by bit there."""
