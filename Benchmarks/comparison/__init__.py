"""Parts of hidden_states.py: the workbench's hidden states and times beside transformers'."""
