from behave import given, when
from hamcrest import assert_that

from acceptance.judging.evidence import evidence
from acceptance.judging.matchers import answers
from acceptance.language.forms import UNKNOWN_SESSION
from acceptance.language.keys import shown
from acceptance.language.wording import assistant_called, unknown_sessions, with_unknown
from acceptance.sandbox import races
from acceptance.sandbox.workspace import UNKNOWN_ASSISTANT


@given("{these:Sessions} have been deleted")
@given("{these:Sessions} has been deleted")
def have_been_deleted(context, these):
    delete(context, these)
    exchange = context.exchanges[-1]
    assert_that(exchange.answer, answers(context.contract.deletion(exchange.selection)), evidence(context))
    context.workspace.note_as_gone(exchange)


# Well-formed exchanges


@when("{these:Sessions} are deleted")
@when("{these:Sessions} is deleted")
def delete(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named)]


@when("{these:Sessions} is deleted at an address that ends in a slash")
def delete_at_address_with_slash(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named, slash=True)]


@when("{these:Sessions} are deleted, each named twice")
def delete_named_twice(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named * 2)]


@when("{these:Sessions} is deleted, named three times")
def delete_named_three_times(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named * 3)]


@when("{these:Sessions} and {again:Sessions} once more are deleted")
def delete_some_again(context, these, again):
    named = these.ids_of(context.assistant.sessions) + again.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named)]


@when("{these:Sessions}, {again:Sessions} once more and an unknown one are deleted")
def delete_some_again_and_unknown(context, these, again):
    named = these.ids_of(context.assistant.sessions) + again.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, [*named, UNKNOWN_SESSION])]


@when("{these:Sessions} and an unknown one, standing {place}, are deleted")
def delete_with_unknown(context, these, place):
    named = with_unknown(these.ids_of(context.assistant.sessions), UNKNOWN_SESSION, place)
    context.exchanges += [context.workspace.delete(context.assistant, named)]


@when("{these:Sessions} and {count:n} unknown ones are deleted")
def delete_with_several_unknown(context, these, count):
    named = [*these.ids_of(context.assistant.sessions), *unknown_sessions(count)]
    context.exchanges += [context.workspace.delete(context.assistant, named)]


@when("{count:n} unknown sessions are deleted")
def delete_unknown(context, count):
    context.exchanges += [context.workspace.delete(context.assistant, unknown_sessions(count))]


@when("an unknown session is deleted, named twice")
def delete_unknown_named_twice(context):
    context.exchanges += [context.workspace.delete(context.assistant, [UNKNOWN_SESSION] * 2)]


# Deletions in any form


@when("a deletion is requested with {sent:Request}")
def request_deletion(context, sent):
    context.exchanges += [context.workspace.send(context.assistant, sent)]


@when("a deletion is requested with nothing but {this:Sessions} in the address")
def request_deletion_in_address(context, this):
    (id,) = this.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.send(context.assistant, "nothing at all, of no kind", query={"ids": id})]


@when("another tenant requests a deletion with {sent:Request}")
def request_deletion_as_other_tenant(context, sent):
    context.exchanges += [context.workspace.send(context.assistant, sent, asker=context.target.other)]


@when("a deletion through the other assistant is requested with {sent:Request}")
def request_deletion_through_other_assistant(context, sent):
    through = context.other_assistant.id
    context.exchanges += [context.workspace.send(context.assistant, sent, assistant_id=through)]


# Whose key


@when("somebody with {key:Key} deletes {these:Sessions}")
def delete_with_key(context, key, these):
    somebody = context.target.ragflow.as_(shown(key, context.target.ragflow.credentials))
    named = these.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named, asker=somebody)]


@when("somebody with {key:Key} sends words that are no list to an unknown assistant")
def send_everything_wrong(context, key):
    somebody = context.target.ragflow.as_(shown(key, context.target.ragflow.credentials))
    context.exchanges += [
        context.workspace.send(
            context.assistant, "words that are no list", asker=somebody, assistant_id=UNKNOWN_ASSISTANT
        )
    ]


# Which assistant


@when("{these:Sessions} are deleted through {place:Place}")
def delete_through(context, these, place):
    named = these.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named, assistant_id=place)]


@when("{these:Sessions} are deleted through no assistant, wherever RAGFlow passes the request on to")
def delete_through_no_assistant(context, these):
    named = these.ids_of(context.assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named, assistant_id="", follow=True)]


@when("{these:Sessions} are deleted through an assistant called by {name}")
def delete_through_assistant_called(context, these, name):
    named = these.ids_of(context.assistant.sessions)
    through = assistant_called(name, context.assistant)
    context.exchanges += [context.workspace.delete(context.assistant, named, assistant_id=through)]


@when("{these:Sessions} are deleted through the other assistant")
def delete_through_other_assistant(context, these):
    named = these.ids_of(context.assistant.sessions)
    through = context.other_assistant.id
    context.exchanges += [context.workspace.delete(context.assistant, named, assistant_id=through)]


@when("{those:Sessions} of the other assistant are deleted through the other assistant")
def delete_others_through_other_assistant(context, those):
    named = those.ids_of(context.other_assistant.sessions)
    through = context.other_assistant.id
    context.exchanges += [context.workspace.delete(context.assistant, named, assistant_id=through)]


@when("{those:Sessions} of the other assistant are deleted")
def delete_others(context, those):
    named = those.ids_of(context.other_assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named)]


@when("{these:Sessions} and {those:Sessions} of the other assistant are deleted")
def delete_with_others(context, these, those):
    named = these.ids_of(context.assistant.sessions) + those.ids_of(context.other_assistant.sessions)
    context.exchanges += [context.workspace.delete(context.assistant, named)]


# At the same time


@when("{these:Sessions} are deleted by a request each, {workers:d} at a time")
def delete_each(context, these, workers):
    named = these.ids_of(context.assistant.sessions)
    context.exchanges += context.workspace.delete_each(context.assistant, named, workers)


@when("all sessions of both assistants are deleted by a request each, {workers:d} at a time")
def delete_in_both(context, workers):
    both = [context.assistant, context.other_assistant]
    context.exchanges += races.delete_in_turns(context.workspace, both, workers)


@when("in each round {people:d} people delete the same session at the same time")
def delete_in_rounds(context, people):
    context.rounds = races.delete_in_rounds(context.workspace, context.assistant, people)


@when("{people:d} people delete {these:Sessions} at the same time")
def delete_same(context, people, these):
    named = these.ids_of(context.assistant.sessions)
    context.exchanges += races.delete_together(context.workspace, context.assistant, [named] * people)


@when("two people delete the first {first:d} sessions and two others the last {last:d}, at the same time")
def delete_overlapping(context, first, last):
    ids = context.assistant.session_ids
    context.exchanges += races.delete_together(context.workspace, context.assistant, [ids[:first], ids[-last:]] * 2)


@when("all sessions are deleted by a request each, while {count:d} others are created and the list is read")
def delete_among_others(context, count):
    exchanges, context.created = races.delete_among_others(context.workspace, context.assistant, count)
    context.exchanges += exchanges


# Not a deletion


@when("somebody tries to {attempt:Attempt}")
def try_otherwise(context, attempt):
    method, on_one = attempt
    session = context.assistant.session_ids[0] if on_one else ""
    context.exchanges += [context.workspace.use_method(context.assistant, method, session)]


@when("the list is read as it comes")
def read_list(context):
    context.exchanges += [context.workspace.list_sessions(context.assistant)]


@when("the list is read with a word for the {what:PageSetting}")
def read_list_with_word(context, what):
    context.exchanges += [context.workspace.list_sessions(context.assistant, **{what: "a"})]


@when("page {page:d} of the list is read, with {size:d} sessions a page")
@when("page {page:d} of the list is read, with {size:d} session a page")
def read_page(context, page, size):
    context.exchanges += [context.workspace.list_sessions(context.assistant, page=page, page_size=size)]


@when("{size:d} sessions of the list are read, the newest first: {wish}")
def read_in_order(context, size, wish):
    context.exchanges += [context.workspace.list_sessions(context.assistant, page_size=size, desc=wish)]


@when("the sessions are listed in an unknown order")
def read_in_unknown_order(context):
    context.exchanges += [context.workspace.list_sessions(context.assistant, orderby="unknown")]
