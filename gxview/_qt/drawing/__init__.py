"""The canvas: layout, mouse and keys, what lies under the pointer."""
