Feature: Naming a session more than once in the same request
  A list may hold the same session twice. That is no reason to keep it,
  but whoever sent the list is told.

  Background:
    Given an assistant with 5 sessions

  Rule: A session that is named twice is deleted once, and the answer says so

    @DUPLICATE-1
    Scenario: Every session is named twice
      When all 5 sessions are deleted, each named twice
      Then the answer says: 5 deleted, 5 named again
      And no sessions remain
