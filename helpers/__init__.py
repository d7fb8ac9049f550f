"""What the learner builds and reads: the network, its training, the data and the figures. It never imports `course`."""
