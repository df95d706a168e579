from behave import given, when
from hamcrest import assert_that

from acceptance.api import NO_KEY, NOTHING, Content, Credentials
from acceptance.evidence import evidence
from acceptance.matchers import answers
from acceptance.wording import with_unknown

UNKNOWN_KEY = Credentials.of("an unknown API key", "invalid_key_123")
NO_ASSISTANT = ""
UNKNOWN_ASSISTANT = "invalid_chat_assistant_id"
UNKNOWN_SESSION = "invalid_id"


@given("{these:Sessions} have been deleted")
def have_been_deleted(context, these):
    delete(context, these)
    deletion = context.deletions[-1]
    assert_that(deletion.answer, answers(context.contract.deletion(deletion.selection)), evidence(context))
    context.workspace.note_as_gone(deletion)


@when("{these:Sessions} are deleted")
@when("{these:Sessions} is deleted")
def delete(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.deletions += [context.workspace.delete(context.assistant, named)]


@when("{these:Sessions} are deleted by a request each, {workers:d} at a time")
def delete_each(context, these, workers):
    named = these.ids_of(context.assistant.sessions)
    context.deletions += context.workspace.delete_each(context.assistant, named, workers)


@when("{these:Sessions} are deleted, each named twice")
def delete_twice_named(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.deletions += [context.workspace.delete(context.assistant, named * 2)]


@when("{these:Sessions} and an unknown one, standing {place}, are deleted")
def delete_with_unknown(context, these, place):
    named = with_unknown(these.ids_of(context.assistant.sessions), UNKNOWN_SESSION, place)
    context.deletions += [context.workspace.delete(context.assistant, named)]


@when("only an unknown session is deleted")
def delete_unknown(context):
    context.deletions += [context.workspace.delete(context.assistant, [UNKNOWN_SESSION])]


@when("an empty list of sessions is deleted")
def delete_empty_list(context):
    context.deletions += [context.workspace.delete(context.assistant, [])]


@when("a deletion is requested without a word about sessions")
def delete_nothing_said(context):
    context.deletions += [context.workspace.request_deletion(context.assistant, [], NOTHING)]


@when("a deletion is requested with a text that is not a list of sessions")
def delete_text(context):
    text = Content.json("not json")
    context.deletions += [context.workspace.request_deletion(context.assistant, [], text)]


@when("somebody without an API key deletes {these:Sessions}")
def delete_without_key(context, these):
    nobody = context.target.ragflow.as_(NO_KEY)
    named = these.ids_of(context.assistant.sessions)
    context.deletions += [context.workspace.delete(context.assistant, named, asker=nobody)]


@when("somebody with an unknown API key deletes {these:Sessions}")
def delete_with_unknown_key(context, these):
    somebody = context.target.ragflow.as_(UNKNOWN_KEY)
    named = these.ids_of(context.assistant.sessions)
    context.deletions += [context.workspace.delete(context.assistant, named, asker=somebody)]


@when("another tenant deletes {these:Sessions}")
def delete_as_other_tenant(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.deletions += [context.workspace.delete(context.assistant, named, asker=context.target.other)]


@when("{these:Sessions} are deleted from no assistant in particular")
def delete_from_no_assistant(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.deletions += [context.workspace.delete(context.assistant, named, assistant_id=NO_ASSISTANT)]


@when("{these:Sessions} are deleted from an unknown assistant")
def delete_from_unknown_assistant(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.deletions += [context.workspace.delete(context.assistant, named, assistant_id=UNKNOWN_ASSISTANT)]
