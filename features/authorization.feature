Feature: Only a valid API key may delete sessions
  An API key says which tenant is asking. Whoever asks without one, or with one that
  RAGFlow does not know, is turned away before anything is deleted.

  Background:
    Given an assistant with 5 sessions

  Rule: Nobody deletes without an API key

    @AUTH-1 @smoke
    Scenario: Somebody without an API key
      When somebody without an API key deletes all 5 sessions
      Then the request is refused: the API key is missing
      And all 5 sessions remain

  Rule: Nobody deletes with an API key that RAGFlow does not know

    @AUTH-2
    Scenario: Somebody with an unknown API key
      When somebody with an unknown API key deletes all 5 sessions
      Then the request is refused: the API key is unknown
      And all 5 sessions remain

  Rule: An API key opens the assistants of its own tenant only

    @AUTH-3 @tenants
    Scenario: Another tenant with a valid API key
      When another tenant deletes all 5 sessions
      Then the request is refused: the assistant is unknown
      And all 5 sessions remain
