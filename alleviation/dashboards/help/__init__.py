"""The handbooks and the glossary of figures, which the app serves itself."""
