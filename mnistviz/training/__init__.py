"""What learns, and how good it is: gradients, learners, loop, runs, evaluation."""
