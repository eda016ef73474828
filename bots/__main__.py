"""`python -m bots` is `concierge`."""

from bots.cli import main

if __name__ == "__main__":
    main()
