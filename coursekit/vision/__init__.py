"""Photos: data, transforms, pretrained models, learner, and pictures of them."""
