"""Projects and their money as a file of the International Aid Transparency Initiative, version 2.03 (docs/iati.md)."""
