"""Pretraining by guessing what was hidden (lesson 08): the text, the objectives, and what the model learned."""
