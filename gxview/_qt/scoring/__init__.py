"""What a script asks about variants and substitutions."""
