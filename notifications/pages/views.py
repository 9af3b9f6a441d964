"""The view of every link."""

from django.conf import settings
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from notifications.links import LinkPurpose, read_link
from notifications.pages.accounts import ResetPage, VerifyPage
from notifications.pages.appointments import CancelPage, ConfirmPage
from notifications.pages.invitations import InvitationPage
from notifications.pages.page import ActionRefused, LinkExpired

PAGES = {
    LinkPurpose.CANCEL: CancelPage,
    LinkPurpose.CONFIRM: ConfirmPage,
    LinkPurpose.INVITATION: InvitationPage,
    LinkPurpose.VERIFY: VerifyPage,
    LinkPurpose.RESET: ResetPage,
}


# Without a cookie: the address is the secret, and only its reader can send the form.
@method_decorator(csrf_exempt, name="dispatch")
class LinkView(View):
    """Shows the page of a link, and acts when its form is sent."""

    http_method_names = ["get", "head", "post"]

    def get(self, request, token):
        return self._respond(token, lambda page: self._ask(page))

    def post(self, request, token):
        return self._respond(token, lambda page: self._act(page))

    def _respond(self, token, respond):
        link = read_link(token)
        page = link and PAGES[link.purpose](link.facts)
        with translation.override(self._choose_language(page)):
            try:
                response = respond(page) if page else self._show("expired", status=404)
            except LinkExpired:
                response = self._show("expired", status=410)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def _ask(self, page):
        return self._show(page.template, page.describe())

    def _act(self, page):
        try:
            done = page.act(self.request.POST)
        except ActionRefused as error:
            refused = {"refusal": str(error)}
            return self._show(page.template, page.describe() | refused, status=422)
        return self._show("done", {"done": done})

    def _show(self, name, context=None, status=200):
        facts = {
            "practice": settings.PRACTICE_NAME,
            "phone": settings.PRACTICE_PHONE,
            "language": translation.get_language(),
        }
        template = f"notifications/pages/{name}.html"
        return render(self.request, template, facts | (context or {}), status=status)

    def _choose_language(self, page):
        """Return the reader's language, or the one that the browser asks for."""
        reader = page and page.get_reader()
        if reader:
            return reader.language
        return translation.get_language_from_request(self.request)
