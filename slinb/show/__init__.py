"""Result tables in; rug, charts, sentences and pages out. Nothing here computes a figure."""
