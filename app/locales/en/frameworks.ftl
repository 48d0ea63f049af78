# Rules
frameworks-framework-id-form = A framework’s id begins with a small letter and has only small letters, digits and hyphens, at most { $max } characters
frameworks-version-form = A version is “major.minor”, such as 1.0
frameworks-no-dimensions = There must be at least one dimension
frameworks-many-dimensions = There can be at most { $max } dimensions
frameworks-no-indicators = Each dimension must have at least one indicator
frameworks-many-indicators = A dimension can have at most { $max } indicators
frameworks-dimensions-sum = The weights of the dimensions sum to { $sum }, not 100
frameworks-indicators-sum = The weights of the indicators in dimension { $dimension } sum to { $sum }, not 100
frameworks-weight-range = A weight is a whole number from 1 to 100
frameworks-levels-count = There must be 5 level descriptions, not { $n }
frameworks-id-form = An id begins with a letter and has only letters and digits, at most { $max } characters, such as A1
frameworks-id-twice = The id { $id } is there twice (capitals make no difference)
frameworks-text-missing = This can’t be empty
frameworks-text-long = This can have at most { $max } characters
frameworks-text-unprintable = This has characters that can’t be shown
frameworks-points-range = Points are from 0 to 100
frameworks-grades-form = The grades must be 2, 3, 4 and 5, in this order and once each
frameworks-grades-rise = The total asked for must rise from grade to grade
frameworks-grades-fall = The weakest dimension asked for can’t be lower than for the grade before

# The YAML file
frameworks-fault-yaml = This is not valid YAML ({ $detail })
frameworks-fault-large = The file is larger than { $max } KB
frameworks-fault-many = There is more in it than a framework can have
frameworks-fault-deep = The nesting is too deep
frameworks-fault-reference = Anchors (&), aliases (*) and tags (!) can’t be used
frameworks-fault-documents = A file holds one framework only (there is a second ---)
frameworks-fault-key = A field’s name must be text
frameworks-fault-empty = There is nothing in it
frameworks-fault-encoding = The file must be text in UTF-8; save it as UTF-8 in your editor and upload it again
frameworks-fault-map = { $field } must be made of “field: value” lines
frameworks-fault-list = { $field } must be a list
frameworks-fault-text = { $field } must be text
frameworks-fault-number = { $field } must be a number without decimals
frameworks-fault-levels = levels must be [1, 2, 3, 4, 5]
frameworks-fault-missing = The field { $field } is missing
frameworks-fault-unknown = There is no field { $field }
frameworks-fault-twice = The field { $field } is there twice
frameworks-english-missing = The English text is missing
frameworks-version-not-higher = Version { $version } must be higher than { $latest }, the latest that is published
frameworks-needs-major = Weights, indicators, level descriptions or grade thresholds differ from { $latest }, which is published; this needs a new major version such as { $major }. Change the version under “Edit draft” and publish again
frameworks-version-taken = { $id } { $version } is there already; choose another version number
frameworks-unfinished = { $n } points are unfinished, so this can’t be published
frameworks-conflict = Not saved: somebody changed or published this draft after you opened the page
frameworks-no-draft = Only a draft can be edited and published
frameworks-not-published = Only a published version can be retired

# List and states
frameworks-all = Indicator frameworks
frameworks-lead = A version begins as a draft. Once published it never changes, and new rounds can use it.
frameworks-readable-lead = Firms score themselves and are verified by these indicators and levels.
frameworks-none = There is no framework yet
frameworks-none-text = Import a YAML file. It becomes a draft, to be checked and then published.
frameworks-none-published = No framework is published at present
frameworks-none-published-text = It will be shown here once the city publishes one.
frameworks-import = Import
frameworks-version = Version
frameworks-state = State
frameworks-state-draft = Draft
frameworks-state-published = Published
frameworks-state-retired = Retired
frameworks-created-at = Made
frameworks-published-at = Published
frameworks-retired-at = Retired
frameworks-not-yet = Not yet
frameworks-rounds = Rounds using it
frameworks-by-program = came with the program

# One version
frameworks-title = Framework { $title }
frameworks-how = Each indicator has five levels, from 1 up to 5. Weights are percentages.
frameworks-export = Download YAML
frameworks-edit = Edit draft
frameworks-compare = Compare versions
frameworks-fixed = This version no longer changes. To change something, make a new draft from it.
frameworks-copy = New draft from this version
frameworks-copied = The draft is made. Check its version number.
frameworks-publish = Publish
frameworks-publish-sure = Publish { $title }?
frameworks-publish-text = Once published it can’t be changed, and new rounds can use it.
frameworks-publish-yes = Publish
frameworks-published = Published.
frameworks-retire = Retire
frameworks-retire-sure = Retire { $title }?
frameworks-retire-text = Rounds that use it go on; no new round can choose it. This can’t be undone.
frameworks-retire-yes = Retire
frameworks-retired = Retired.
frameworks-discard = Delete draft
frameworks-discard-sure = Delete the draft { $title }?
frameworks-discard-text = Everything in the draft will be lost.
frameworks-discard-yes = Delete
frameworks-discarded = The draft is deleted.
frameworks-unfinished-title = { $n ->
    [one] One point is unfinished; it can be published once it is done
   *[other] { $n } points are unfinished; it can be published once they are done
}
frameworks-more = { $n } more are not listed.
frameworks-colon = {": "}
frameworks-dimension = Dimension
frameworks-dimensions = Dimensions
frameworks-dimension-of = { $name } (weight { $weight }%)
frameworks-indicator = Indicator
frameworks-indicators = Indicators
frameworks-weight = Weight
frameworks-weight-percent = Weight (%)
frameworks-level-n = Level { $n }
frameworks-grades = Grade thresholds
frameworks-grades-how = Grades are climbed from 2 upwards: a grade is reached when the total and the weakest dimension both suffice. Grade 1 is the floor.
frameworks-grade = Grade
frameworks-grade-n = Grade { $n }
frameworks-total-min = Total at least
frameworks-weakest-min = Weakest dimension at least
frameworks-field-id = Id
frameworks-field-name = Chinese name
frameworks-field-name_en = English name
frameworks-field-parts = Parts
frameworks-field-sum = Sum of weights
frameworks-field-levels = Level descriptions
frameworks-field-level = Level { $n } (Chinese)
frameworks-field-level_en = Level { $n } (English)

# Import
frameworks-import-title = Import a framework
frameworks-import-lead = Upload a YAML file, or paste its text below. What is sound becomes a draft; faults are listed line by line and can be mended here.
frameworks-file = YAML file
frameworks-file-hint = In UTF-8, at most { $max } KB. With a file, the text below is left aside.
frameworks-text = Pasted text
frameworks-text-hint = In the format of a file from “Download YAML”.
frameworks-import-read = Check and import
frameworks-import-faults = { $n ->
    [one] There is one fault; nothing was imported
   *[other] There are { $n } faults; nothing was imported
}
frameworks-imported = Imported as a draft.
frameworks-file-missing = Choose a file, or paste the text
frameworks-upload-broken = The file did not arrive whole; please upload it again
frameworks-faults = Faults
frameworks-line = Line
frameworks-written = What stands there
frameworks-wrong = What is wrong

# Editing a draft
frameworks-edit-title = Edit draft { $title }
frameworks-edit-lead = It can be saved unfinished, and published once everything is done.
frameworks-framework-id = Framework id
frameworks-framework-id-hint = All versions of one framework have the same id
frameworks-version-number = Version number
frameworks-version-hint = Changed weights, indicators, level descriptions or grade thresholds need a new major version, such as 2.0
frameworks-save = Save
frameworks-saved = Saved.
frameworks-to-draft = View draft
frameworks-whole = As a whole
frameworks-sum = Sum of weights: { $sum }% (must be { $whole }%; counted again when you save)
frameworks-sum-now = Sum of weights: { $sum }% (must be { $whole }%)
frameworks-sum-fits = Sum of weights: { $sum }%, as it should be
frameworks-dimension-add = Add a dimension
frameworks-indicator-add = Add an indicator
frameworks-do = Do
frameworks-up = Move up
frameworks-down = Move down
frameworks-remove = Remove
frameworks-remove-sure = Remove { $name }?
frameworks-remove-yes = Remove
frameworks-dimension-remove-text = Its indicators and level descriptions go with it; everything else on this page is saved.
frameworks-indicator-remove-text = Its level descriptions go with it; everything else on this page is saved.
frameworks-overtaken = Your changes were not saved
frameworks-overtaken-text = This draft was changed after you opened the page. Below is what you typed that differs from how it now stands; enter again what you need, and save.
frameworks-yours = What you typed
frameworks-theirs = As it stands

# Comparing
frameworks-compare-title = Compare { $title }
frameworks-compare-with = Compare with
frameworks-compare-all = List what is unchanged too
frameworks-alone = There is no version to compare with
frameworks-alone-text = With two versions or more, they can be compared side by side here.
frameworks-same = The two versions say the same
frameworks-same-text = Weights, indicators, names and level descriptions are unchanged.
frameworks-reordered = Indicators or dimensions stand in another order.
frameworks-difference = Differences
frameworks-what = Item
frameworks-change = Change
frameworks-change-same = Unchanged
frameworks-change-changed = Changed
frameworks-change-added = Added
frameworks-change-removed = Removed
frameworks-kind-dimension = Dimension { $name }
frameworks-kind-indicator = Indicator { $name }
frameworks-minor-enough = Only names, English text or the order differ: a new minor version is enough.
frameworks-major-needed = Compared with { $title }, this differs in { $reasons }: it needs a new major version.
frameworks-reason-weights = weights
frameworks-reason-indicators = indicators
frameworks-reason-levels = level descriptions
frameworks-reason-grades = grade thresholds
