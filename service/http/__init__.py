"""What every request passes through, whichever application answers it: plain ASGI, so streams are never buffered."""
