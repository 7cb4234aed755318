"""What figures rest on: their explanations, claims against records, red flags and who explained them away."""
