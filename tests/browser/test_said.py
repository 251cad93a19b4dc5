"""What a screen reader is given to say aloud, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from mnistviz.ui import pages
from mnistviz.words import read
from tests.browser.by_keys import button, open_page, press
from tests.browser.screens import PATIENCE_MS
from tests.browser.stage import expect_at_rest
from tests.serving import Server


class TestSaid:
    """What a screen reader is given to say aloud."""

    def listen(self, page: Page) -> Locator:
        """Keep from now on all that is said, in `heard`; return where it is said."""
        region = page.locator(".mnistviz-said")
        region.evaluate("""region => {
          window.heard = [];
          const keep = () => heard.push(region.innerText);
          new MutationObserver(keep).observe(region, { childList: true });
        }""")
        return region

    def heard(self, page: Page) -> list[str]:
        return page.evaluate("() => heard")

    def expect_said(self, region: Locator, sentence: Locator) -> str:
        """Wait until the page's sentence has been said; return it."""
        expect_at_rest(region.page)
        expect(sentence).not_to_be_empty()
        expect(region).to_have_text(sentence.inner_text())
        return region.inner_text()

    def test_the_sentence_is_said_once_it_has_settled(self, page: Page, server: Server) -> None:
        heading = open_page(page, server, pages.LANDING, "?image=60")
        region, sentence = self.listen(page), page.locator(".st-key-sentence")
        expect(region).to_have_role("status")
        wanted = [self.expect_said(region, sentence)]
        following = page.get_by_role("button", name="Next image")
        for _ in range(3):
            following.press("Enter")
        # As many digits make one sentence: the last one's.
        expect(page.locator(".st-key-digit_view .title")).to_contain_text("Image 63")
        wanted.append(self.expect_said(region, sentence))
        page.locator(".st-key-ways a").last.press("Enter")
        expect(heading).to_have_text(read("digits").title)
        expect(heading).to_be_focused()
        # Once the address is another page's, nothing of this one stands there.
        wanted += ["", self.expect_said(region, sentence)]
        before = sentence.inner_text()
        page.get_by_role("button", name="Next image").press("Enter")
        expect(sentence).not_to_have_text(before)
        wanted.append(self.expect_said(region, sentence))
        # What is heard of the first page depends on how soon one listens.
        assert self.heard(page)[-4:] == wanted[1:]

    def test_the_end_of_a_training_is_said(self, page: Page, server: Server) -> None:
        open_page(page, server, "train", "?epochs=2&layers=1&w1=24")
        region = self.listen(page)
        press(page, "train_go")
        expect(region).to_contain_text("Done: 126 steps")
        expect(region).to_contain_text("of the 1,000 test digits")
        assert not [text for text in self.heard(page) if "left." in text]

    def test_the_end_of_a_training_that_was_waited_for_is_said(
        self, page: Page, server: Server
    ) -> None:
        open_page(page, server, "draw", "?epochs=30&layers=2&w1=512&w2=256&weights=initial")
        sentence = page.locator(".st-key-sentence")
        region = self.listen(page)
        said = self.expect_said(region, sentence)
        page.get_by_role("radio", name="trained", exact=True).click()
        expect(page.locator(".st-key-learning")).to_be_visible()
        expect(page.locator(".st-key-learning")).to_have_count(0)
        # It is the same that was said before it, which is gone until then.
        page.wait_for_function(
            "said => heard.at(-2) === '' && heard.at(-1) === said", arg=said, timeout=PATIENCE_MS
        )
        expect(sentence).to_have_count(1)
        expect(sentence).to_have_text(said)

    def test_a_component_says_it_instead_of_the_sentence(self, page: Page, server: Server) -> None:
        open_page(page, server, "tensors")
        region = page.locator(".mnistviz-said")
        self.expect_said(region, page.locator(".st-key-sentence"))
        self.listen(page)
        say = """(text) => {
          const { shadowRoot } = document.querySelector(
            ".st-key-digit_view [data-testid=stBidiComponentIsolated]");
          const said = shadowRoot.querySelector("[data-said]") ?? document.createElement("p");
          said.dataset.said = "";
          said.textContent = text;
          shadowRoot.append(said);
          document.querySelector(".st-key-sentence p").append(".");
        }"""
        page.keyboard.press("ArrowDown")
        page.evaluate(say, "Reads 1")
        page.evaluate(say, "Pen up. Reads 7")
        expect(region).to_have_text("Pen up. Reads 7")
        assert self.heard(page) == ["Pen up. Reads 7"]

    def test_a_reason_is_said_to_who_has_asked_for_it(self, page: Page, server: Server) -> None:
        open_page(page, server, pages.LANDING)
        region = self.listen(page)
        answer = page.get_by_role("radio", name="A few, by chance.")
        answer.focus()
        answer.press("Space")
        expect(button(page, "classify_reveal")).to_be_enabled()
        press(page, "classify_reveal")
        expect(region).to_contain_text("Right. It gets")
        # With another batch the reason counts anew; that is not said besides the sentence.
        page.get_by_role("button", name="Next batch").press("Enter")
        expect(region).to_contain_text("The digit is")
        expect(region).not_to_contain_text("It gets")
