"""What happens to a message: inbox, routing, answering, handoff, desk, paging, wording."""
