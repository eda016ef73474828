"""Every sentence that this adapter says by itself; all others come from the core."""

NOT_KEPT = (
    "I could not keep your message: my memory is out of reach and too much is waiting already. "
    "Please write it once more in a few minutes."
)
NOT_READ = (
    "I could not take in this message; something went wrong on my side. Please write it once more, in other words."
)
STORE_AWAY = "My memory is out of reach, so nothing was changed. Please try again in a minute."
FAILED = "Something went wrong on my side, and nothing more will come of this. Please try again."
DONE = "Done."
ONE_MORE_STEP = "One more step: press the button and fill in the form."
CONTINUE = "Continue"
CUSTOMER = "(customer)"
"""Behind a customer's name at the desk: nobody passes as a colleague by choosing a name."""
SOURCE = "Source"
MORE_FILES = "File"
THREAD_NAME = "Support"
