"""What is read for the tracks of files: pieces around the view, and who reads them when."""
